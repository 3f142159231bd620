declare module 'exceljs/lib/stream/xlsx/workbook-writer.js' {
  import ExcelJS from 'exceljs'

  export = ExcelJS.stream.xlsx.WorkbookWriter
}
