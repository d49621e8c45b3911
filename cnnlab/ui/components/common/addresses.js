/**
 * The whole address of what the server names relative to its pages, whatever prefix they are found below.
 * @param {string} relative
 */
export const address = (relative) => new URL(relative, document.baseURI).href
