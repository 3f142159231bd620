import { expect, test } from 'bun:test'
import { createSecretBox } from '../../../src/db/workflows/secret-box.ts'

const box = createSecretBox('the first secret of two')

test('a sealed secret can be opened again, and looks different each time', () => {
  const [one, two] = [box.seal('app-123'), box.seal('app-123')]
  expect(one).not.toBe(two)
  expect(one).not.toContain('app-123')
  expect([box.open(one), box.open(two)]).toEqual(['app-123', 'app-123'])
})

test('another secret, or a changed byte, does not open it, and the error says what to do', () => {
  const sealed = box.seal('app-123')
  expect(() => createSecretBox('the second secret of two').open(sealed)).toThrow(
    'stored under another secret key',
  )
  const changed = `${sealed.slice(0, -2)}${sealed.endsWith('AA') ? 'BB' : 'AA'}`
  expect(() => box.open(changed)).toThrow('cannot be decrypted')
  expect(() => box.open('v1.')).toThrow('cannot be decrypted')
})

test('a hash tells same from different, and nothing else', () => {
  expect(box.hash('app-123')).toBe(box.hash('app-123'))
  expect(box.hash('app-123')).not.toBe(createSecretBox('the second secret of two').hash('app-123'))
})
