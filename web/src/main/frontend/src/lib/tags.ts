/** Tags as a person types them: separated by commas, each once, in their order. Pure. */
export function parseTags(text: string): string[] {
  return [...new Set(text.split(',').map((tag) => tag.trim()).filter((tag) => tag !== ''))];
}
