/** Where a picture of a workbook is: over a cell, or placed in it. */
export interface PicturePlace {
  sheet: string
  /** `C7` */
  cell: string
  /** 1 for the cell’s first picture */
  number: number
}

/** How the names of pictures begin. That of no file that a person sends does: see `cleanName`. */
export const PICTURES = 'picture:'

/** The name under which a picture of a sheet is among the files of its upload: `picture:Orders!C7.png`, `…!C7#2.png` */
export function pictureName({ sheet, cell, number }: PicturePlace, extension: string): string {
  return `${PICTURES}${sheet}!${cell}${number > 1 ? `#${number}` : ''}${extension && `.${extension}`}`
}

export function isPictureName(name: string): boolean {
  return name.startsWith(PICTURES)
}

/** What `pictureName` made the name of; undefined for that of a file that a person sent. */
export function pictureNamed(name: string): PicturePlace | undefined {
  if (!isPictureName(name)) return undefined
  const [, sheet = '', cell = '', number = '1'] = PLACE.exec(name.slice(PICTURES.length)) ?? []
  return cell === '' ? undefined : { sheet, cell, number: Number(number) }
}

const PLACE = /^([\s\S]*)!([A-Z]+\d+)(?:#(\d+))?(?:\.\w+)?$/

/** A file’s name as people see it: without folders; of a picture of a sheet `C7.png`, `C7-2.png`. */
export function shownFileName(name: string): string {
  const picture = pictureNamed(name)
  if (!picture) return name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1)
  const extension = /\.\w+$/.exec(name)?.[0] ?? ''
  return `${picture.cell}${picture.number > 1 ? `-${picture.number}` : ''}${extension}`
}
