import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import iconv from 'iconv-lite'
import { chineseOfTaiwan, withTwins } from '../../scripts/zh-tw/files.ts'
import { mapLiterals } from '../../scripts/zh-tw/literals.ts'
import { taiwanese } from '../../scripts/zh-tw/taiwan.ts'

const ROOT = join(import.meta.dir, '../..')

test('the Chinese of Taiwan is that of the simplified texts as they are now', async () => {
  const stale: string[] = []
  for (const { path, text } of await chineseOfTaiwan(ROOT)) {
    const file = Bun.file(join(ROOT, path))
    if (!(await file.exists()) || (await file.text()) !== text) stale.push(path)
  }
  const advice = stale.length === 0 ? '' : `run “bun run texts”, which writes ${stale.join(', ')}`
  expect(advice).toBe('')
})

test('it has no character and no quotation mark of the mainland', async () => {
  const strays: string[] = []
  for (const { path, text } of await chineseOfTaiwan(ROOT)) {
    if (!path.includes('/zh-tw/')) continue
    mapLiterals(text, (literal) => {
      if (strayIn(literal)) strays.push(`${path}: ${literal}`)
      return literal
    })
  }
  expect(strays).toEqual([])
  expect(['选择工作流', '「列」与“栏”'].map(strayIn)).toEqual([true, true])
})

/** A pair of curly marks that is only named (`“ ”`) may stand. */
function strayIn(text: string): boolean {
  const han = (text.match(/\p{sc=Han}/gu) ?? []).join('')
  return (
    /[“”‘’]/.test(text.replaceAll('“ ”', '')) || iconv.decode(iconv.encode(han, 'cp950'), 'cp950') !== han
  )
}

describe('of the mainland’s Chinese', () => {
  test.each([
    ['第 3 行是表头，它没有“名称”列。', '第 3 列是標題列，它沒有「名稱」欄。'],
    ['列与行', '欄與列'],
    ['每一行都会运行；正在执行命令行', '每一列都會執行；正在執行命令列'],
    ['任务列表会列出队列中的任务', '任務清單會列出佇列中的任務'],
    ['单元格里的公式', '儲存格裡的公式'],
    ['请输入 “list” 查看', '請輸入「list」查看'],
    ['弯引号（“ ”）', '彎引號（“ ”）'],
    ['工作流的访问权限', '工作流程的訪問權限'],
  ])('%p is %p', (simplified, traditional) => {
    expect(taiwanese(simplified)).toBe(traditional)
  })
})

test('only what stands in quotes is changed, and in templates what stands between placeholders', () => {
  const source = "a('行', /行/) // 行\n/* 行 */ `列 ${b ? `行${c}` : '行'} 列 ${d({ e })}`"
  expect(mapLiterals(source, taiwanese)).toBe(
    "a('列', /行/) // 行\n/* 行 */ `欄 ${b ? `列${c}` : '列'} 欄 ${d({ e })}`",
  )
})

test('a twin is written after its constant, and anew in place of an older one', () => {
  const source = "const zh: T = {\n  a: '行',\n}\n\nconst other = {\n  a: '行',\n}\n"
  const twice = withTwins(withTwins(source).replace('列', '欄'))
  expect(twice).toBe(withTwins(source))
  expect(twice).toContain("const zhTw: T = {\n  a: '列',\n}\n\nconst other = {\n  a: '行'")
})
