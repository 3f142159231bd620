import type { Variable } from '../../../src/engine/workflow.ts'

/** The inputs of the sandbox app “Product copywriter”. */
export const COPYWRITER: Variable[] = [
  { name: 'name', label: 'Name', type: 'text-input', required: true, maxLength: 100 },
  { name: 'features', label: 'Key features', type: 'paragraph', required: true, maxLength: 1000 },
  {
    name: 'tone',
    label: 'Tone',
    type: 'select',
    required: false,
    options: ['formal', 'casual', 'playful'],
    default: 'formal',
  },
  { name: 'max_words', label: 'Max words', type: 'number', required: false },
]

export const COPYWRITER_APP = {
  name: 'Product copywriter',
  description: 'Writes a product description from name, features and tone.',
  variables: COPYWRITER,
}

export function variable(type: Variable['type'], more: Partial<Variable> = {}): Variable {
  return { name: 'value', label: 'Value', type, required: false, ...more }
}
