import { type AuditFormat, exportAudit, type TimeRange } from '../../app/audit-export.ts'
import type { Db } from '../../db/schema.ts'
import { attachment } from '../http/download.ts'

/** Parts of a text as an attachment, each made when the client has taken the one before. */
export function streamed(parts: AsyncGenerator<string>, name: string): Response {
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await parts.next()
      if (next.done === true) controller.close()
      else controller.enqueue(encoder.encode(next.value))
    },
    async cancel() {
      await parts.return(undefined)
    },
  })
  return attachment(body, name)
}

export function auditResponse(db: Db, format: AuditFormat, range: TimeRange): Response {
  return streamed(exportAudit(db, format, range), `rowbot-audit.${format}`)
}
