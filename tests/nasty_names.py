"""Names that people may give to themselves, to files, folders, runs and models, so that pages become something else."""

MARK = "z-qx"
NASTY = (
    "<z-qx onload=alert(1)>",
    "</b></p><style>z-qx{zoom:9}</style",
    "<img src=//z-qx.example/x>",
    "\"'><z-qx a='",
    "**z-qx** $y_1$ :smile:",
    "![i](https://z-qx.example/i.png)",
    "[z-qx](javascript:alert(1))",
    "`z-qx` ~~b~~ :red[z-qx]",
    "# z-qx | a | b",
    "- z-qx www.z-qx.example",
    "1. z-qx a@z-qx.example",
    "&lt;z-qx&gt; &#60;z-qx&#62;",
    "%{x} {z-qx} \\z-qx",
    "\u202ez-qx\u202c\u200b",
)

FILE_STEMS = (
    "a\0b",
    "\0",
    "a\nb\r\tc",
    "\ud800",
    "../../../etc/passwd",
    "C:\\windows\\a",
    "a" * 10_000,
    "",
    " ",
    "--help",
    "%00%2e%2e%2f",
    "\u202egnp.a",
)
