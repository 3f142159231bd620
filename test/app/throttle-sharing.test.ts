import { expect, test } from 'bun:test'
import { sharingMachines } from '../support/sharing-machines.ts'

test('two machines with many lanes never make more calls at once than the workflow allows, and each has its half', async () => {
  const { machines } = await sharingMachines(2, { atOnce: 6 })
  let most = 0
  const counts = () => (most = Math.max(most, machines.reduce((sum, { underWay }) => sum + underWay, 0)))
  for (const machine of machines) machine.work(10, 10, counts)
  await Bun.sleep(1_000)
  console.log(machines.map((m) => m.calls), most)
  for (const machine of machines) await machine.end()
  expect(most).toBe(6)
})
