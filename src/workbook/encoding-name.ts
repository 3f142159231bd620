/** An encoding as people know it: `UTF-8`, `Shift_JIS`, `Big5`, `Windows-1252`. */
export function encodingName(label: string): string {
  if (label === 'shift_jis') return 'Shift_JIS'
  if (label === 'big5') return 'Big5'
  return label.startsWith('windows-') ? label.replace('w', 'W') : label.toUpperCase()
}
