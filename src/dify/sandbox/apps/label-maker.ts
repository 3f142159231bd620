import { input, SANDBOX_NOTE, type SandboxApp } from '../app.ts'
import { labelPicture } from './label-picture.ts'
import { textOf } from './text.ts'

const MOST_COPIES = 5

/** Its outputs are files, which a client must fetch by their links before these die. */
export const labelMaker: SandboxApp = {
  name: 'Label maker',
  key: 'app-sandbox-label-maker',
  mode: 'workflow',
  description: 'Makes a price label, a small PNG, for a product. Sandbox: no model is called.',
  form: [
    input('text-input', 'product', 'Product', { required: true, max_length: 80 }),
    input('number', 'price', 'Price', { required: true }),
    input('number', 'copies', 'Copies', { description: `1 to ${MOST_COPIES}` }),
  ],
  delayMs: 400,
  work(inputs, _query, _files, appFiles) {
    const product = textOf(inputs['product']).trim()
    const price = Number(inputs['price']).toFixed(2)
    const copies = Math.min(MOST_COPIES, Math.max(1, Math.floor(Number(inputs['copies'] ?? 1)) || 1))
    const picture = labelPicture(product, price)
    const labels = Array.from({ length: copies }, (_, at) =>
      appFiles.make(`${fileName(product)}${copies === 1 ? '' : `-${at + 1}`}.png`, 'image/png', picture),
    )
    const text = `Label for ${product}: ${price}`
    const outputs = { label: labels[0], ...(copies > 1 && { labels }), text, note: SANDBOX_NOTE }
    return { outputs, text }
  },
}

function fileName(product: string): string {
  const words = product.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
  return `label-${words.join('-').slice(0, 40) || 'product'}`
}
