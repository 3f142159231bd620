import { test } from 'bun:test'
import { soak } from './soak.ts'

const { ROWBOT_SOAK_MINUTES = '', ROWBOT_SOAK_OUT = '' } = process.env
const forMs = Number(ROWBOT_SOAK_MINUTES) * 60_000

test(
  'soak',
  async () => {
    await Bun.write(ROWBOT_SOAK_OUT, JSON.stringify(await soak(forMs)))
  },
  forMs + 300_000,
)
