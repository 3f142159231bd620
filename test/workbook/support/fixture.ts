import { join } from 'node:path'
import type { UploadFile } from '../../../src/workbook/types.ts'
import { upload } from './xlsx.ts'

/** A file of test/workbook/fixtures. */
export async function fixture(name: string): Promise<UploadFile> {
  return upload(await Bun.file(join(import.meta.dir, '../fixtures', name)).bytes(), name)
}
