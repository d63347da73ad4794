/** A text without user names and passwords of URLs in it. */
export function withoutCredentials(text: string): string {
  return text.replace(/(\w+:\/\/)[^\s]*@/g, '$1');
}
