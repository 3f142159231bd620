import type { Check, Reading } from './types.ts'

/** How a file was read for a check, in full: to read the same again, even if detection should then choose otherwise. */
export function asRead(
  asked: Reading,
  check: Pick<Check, 'sheet' | 'headingRow' | 'headingRows' | 'encoding' | 'delimiter'> & {
    lastRow?: number
  },
): Reading {
  const { sheet, headingRow, headingRows, lastRow, encoding, delimiter } = check
  return {
    ...asked,
    sheet,
    headingRow,
    ...(headingRows !== undefined && { headingRows }),
    ...(lastRow !== undefined && { lastRow }),
    ...(encoding && { encoding: encoding.label }),
    ...(delimiter !== undefined && { delimiter }),
  }
}
