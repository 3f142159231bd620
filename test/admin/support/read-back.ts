import { DEFAULT_LIMITS } from '../../../src/workbook/limits.ts'
import { checkUpload } from '../../../src/workbook/workbook.ts'

/** A workbook that was downloaded, as our own reader has it. */
export async function readBack(response: Response, sheet?: string) {
  const bytes = await response.bytes()
  const options = sheet === undefined ? {} : { sheet }
  return checkUpload({ name: 'downloaded.xlsx', bytes }, options, DEFAULT_LIMITS)
}
