import js from "@eslint/js"
import globals from "globals"

export default [
  { files: ["cnnlab/ui/components/**/*.js"], ...js.configs.recommended, languageOptions: { globals: globals.browser } },
  { files: ["tests/js/**/*.mjs", "*.mjs"], ...js.configs.recommended, languageOptions: { globals: globals.node } },
]
