import ExcelJS from 'exceljs'

/** As another program sees it. */
export async function opened(bytes: Uint8Array): Promise<ExcelJS.Workbook> {
  const workbook = new ExcelJS.Workbook()
  await workbook.xlsx.load(bytes as unknown as ExcelJS.Buffer) // its types ask for a Buffer of an older shape
  return workbook
}
