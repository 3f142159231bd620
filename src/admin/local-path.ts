/** A path of this site that a form may lead back to; undefined for anything that would lead elsewhere. */
export function localPath(path: string): string | undefined {
  if (!/^\/(?![/\\])[\x20-\x7e]*$/.test(path)) return undefined
  const base = 'http://rowbot.invalid'
  if (!URL.canParse(path, base)) return undefined
  const { origin, pathname, search } = new URL(path, base)
  // “/.//elsewhere” is a path here, and another site once its dot is gone.
  return origin === base && !pathname.startsWith('//') ? pathname + search : undefined
}
