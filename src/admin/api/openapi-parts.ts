export const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** Answers that are no JSON, for the OpenAPI document: no validator stands for them. */
export const BINARY = { schema: { type: 'string', format: 'binary' } } as const

export const NOT_FOUND = {
  description: 'It is not there.',
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Fault' } } },
}
