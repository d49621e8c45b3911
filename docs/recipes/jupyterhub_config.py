# CNN Lab for everybody who may sign in to a JupyterHub, at /services/cnnlab/ of it. With The Littlest JupyterHub:
# /opt/tljh/config/jupyterhub_config.d/cnnlab.py; elsewhere the end of jupyterhub_config.py. Before it, as root:
#     useradd --system --create-home cnnlab
#     python3 -m venv /opt/cnnlab
#     /opt/cnnlab/bin/pip install FOLDER-OF-CNN-LAB "jupyter-server-proxy[standalone]>=4.6" "jupyterhub==HUBS-VERSION"
# Who has a shell on this machine, as students of a hub often do, reaches the server behind the proxy at 127.0.0.1
# without signing in, and may name any address: take a long teacher's key, as `openssl rand -base64 24` makes.
c = get_config()  # noqa: F821

c.JupyterHub.services.append(
    {
        "name": "cnnlab",
        "url": "http://127.0.0.1:8502",
        "user": "cnnlab",
        "cwd": "/home/cnnlab",
        # The proxy asks the hub who comes, passes on sockets and events, and takes the prefix away.
        "command": [
            *("/opt/cnnlab/bin/jupyter-standaloneproxy", "--timeout=120", "--"),
            *("/opt/cnnlab/bin/cnnlab", "run", "--port", "{port}", "--", "--server.address", "127.0.0.1"),
        ],
        "environment": {
            "CNNLAB_HOME": "/home/cnnlab/home",
            "CNNLAB_HOSTS": "hub.school.org",
            "CNNLAB_TRUSTED_PROXIES": "127.0.0.1",
            "CNNLAB_TEACHER_KEY_FILE": "/home/cnnlab/teacher.key",
            # The proxy holds what is uploaded in memory, and takes no more.
            "CNNLAB_MAX_UPLOAD_MB": "100",
            "CNNLAB_MAX_ARCHIVE_MB": "100",
        },
        "oauth_no_confirm": True,
    }
)
# Whoever may sign in may use it.
c.JupyterHub.load_roles.append({"name": "user", "scopes": ["self", "access:services!service=cnnlab"]})
