import { LARGE_TASK, taskId, workflowId } from './seed-plan.ts'

const SMALL = taskId(7)

/** The URLs that people open, by name. */
export const CASES: Record<string, string> = {
  'bare route (healthz)': '/healthz',
  list: '/batch',
  'list, page 150': '/batch?page=150',
  'list, one state': '/batch?state=failed',
  'list, workflow and state': `/batch?workflow=${workflowId(1)}&state=completed`,
  'list, search': '/batch?q=translate',
  'list, search, nothing': '/batch?q=nothing%20of%20this%20kind',
  'detail, 100 rows': `/batch/${SMALL}`,
  'detail, 100,000 rows': `/batch/${LARGE_TASK}`,
  'rows, 100,000, last page': `/batch/${LARGE_TASK}/rows?page=2000`,
  'rows, 100,000, failed': `/batch/${LARGE_TASK}/rows?rows=failed`,
  'rows, 100,000, slowest first': `/batch/${LARGE_TASK}/rows?sort=-seconds`,
  'rows, 100,000, a word in a column': `/batch/${LARGE_TASK}/rows?find=kettle&in=inputs.name`,
  'one row of 100,000': `/batch/${LARGE_TASK}/rows/50000`,
  audit: '/audit',
  workflows: '/workflows',
  'REST: list': '/api/batch/',
  'REST: status': `/api/batch/${SMALL}/status`,
  'REST: rows, last page': `/api/batch/${LARGE_TASK}/executions?page=1000&page_size=100`,
}
