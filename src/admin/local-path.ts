/** A path of this site that a form may lead back to; undefined for anything that would lead elsewhere. */
export function localPath(path: string): string | undefined {
  if (!/^\/(?![/\\])[\x20-\x7e]*$/.test(path)) return undefined
  const base = 'http://rowbot.invalid'
  if (!URL.canParse(path, base)) return undefined
  const url = new URL(path, base)
  return url.origin === base ? url.pathname + url.search : undefined
}
