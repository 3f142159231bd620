import { basename, extname } from 'node:path'

/** `products-q3.xlsx` → `products-q3.results.xlsx`: the person's own name for the file, made one for any disk. */
export function resultName(fileName: string, format: 'xlsx' | 'csv' = 'xlsx'): string {
  const stem = basename(fileName, extname(fileName))
    .replaceAll(/[\p{C}\s/\\:*?<>|"]+/gu, ' ')
    .trim()
  return `${stem || 'rowbot'}.results.${format}`
}
