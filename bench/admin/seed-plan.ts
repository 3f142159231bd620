import type { TaskStatus } from '../../src/engine/states.ts'
import { randomOf } from './random.ts'

/** The size of a database to seed. */
export interface Size {
  tasks: number
  rowsPerTask: number
  /** of one further task, the newest, which runs and has settled nearly all of its rows */
  largeRows: number
}

export const FULL_SIZE: Size = { tasks: 10_000, rowsPerTask: 100, largeRows: 100_000 }

export const WORKFLOWS = ['Product copywriter', 'Translate', 'Ticket classifier', 'Summariser', 'FAQ writer']
export const workflowId = (i: number) => `workflow-${i}`
export const taskId = (i: number) => `task-${String(i).padStart(5, '0')}`
export const LARGE_TASK = 'task-large'

/** When the newest task was created. */
export const SEEDED_AT = Date.UTC(2026, 10, 25)
const TASK_EVERY_MS = 600_000

/** A task to insert; its rows follow from it. */
export interface TaskSpec {
  id: string
  number: number
  name: string
  workflow: number
  owner: string
  platform: string | null
  status: TaskStatus
  rows: number
  createdAt: number
  /** for a task that ended, its share of settled rows; otherwise only its first rows are settled */
  settled: number
  random: () => number
}

export function taskSpecs({ tasks, rowsPerTask, largeRows }: Size): TaskSpec[] {
  const random = randomOf(6)
  const specs = Array.from({ length: tasks }, (_, i) =>
    specOf(i, taskId(i), rowsPerTask, statusOf(random()), SEEDED_AT - (tasks - i) * TASK_EVERY_MS, random),
  )
  const large = specOf(tasks, LARGE_TASK, largeRows, 'running', SEEDED_AT, random)
  return [...specs, { ...large, settled: largeRows - 100 }]
}

function specOf(
  number: number,
  id: string,
  rows: number,
  status: TaskStatus,
  createdAt: number,
  random: () => number,
): TaskSpec {
  const workflow = Math.floor(random() * WORKFLOWS.length)
  const owner = OWNERS[Math.floor(random() * OWNERS.length)] ?? ''
  const platform = PLATFORMS[Math.floor(random() * PLATFORMS.length)] ?? null
  const name = `${FILES[Math.floor(random() * FILES.length)]}-${number} · ${WORKFLOWS[workflow]}`
  const settled = status === 'completed' ? rows : status === 'pending' ? 0 : Math.floor(random() * rows)
  return { id, number, name, workflow, owner, platform, status, rows, createdAt, settled, random }
}

const FILES = ['products-q3', 'faq-translate', 'tickets', 'reviews', '商品目录']
const OWNERS = ['Mei', 'Jo', 'Ana', '王伟', 'Kofi', 'Lena']
const PLATFORMS = ['slack', 'discord', null]

/** How many of 1,000 tasks are in each state: most have ended, few run. */
const STATUSES: [TaskStatus, number][] = [
  ['running', 1],
  ['pending', 1],
  ['paused', 3],
  ['failed', 15],
  ['cancelled', 30],
]

function statusOf(share: number): TaskStatus {
  let below = 0
  for (const [status, of1000] of STATUSES) {
    below += of1000 / 1_000
    if (share < below) return status
  }
  return 'completed'
}
