"""Launch a training and watch it learn."""

import streamlit as st

from cnnlab.ui.parts import frame
from cnnlab.ui.parts.faults import faults_said
from cnnlab.ui.training.launch.start import cluster_notice, start_panel
from cnnlab.ui.training.launch.submit import follow_launch
from cnnlab.ui.training.run.view import choose_run, run_view

frame.page("Training", "Is it learning, what did it learn, where is it wrong?")
left, right = st.columns([3, 9], gap="medium")
with left:
    start_panel()
with right, st.container(key="run_panel"), faults_said():
    cluster_notice()
    run_id = choose_run()
    run_view(run_id)
follow_launch()
