import js from "@eslint/js"
import globals from "globals"

export default [
  // What is installed here is not ours, and Streamlit alone brings megabytes of scripts.
  { ignores: [".venv/**", "build/**"] },
  { files: ["cnnlab/ui/components/**/*.js"], ...js.configs.recommended, languageOptions: { globals: globals.browser } },
  { files: ["tests/js/**/*.mjs", "*.mjs"], ...js.configs.recommended, languageOptions: { globals: globals.node } },
]
