import type { ExternalSelect, PlainTextOption, StaticSelect } from '@slack/types'
import type { Option, Select } from '../../messages/prompt.ts'
import { plain } from './plain.ts'
import { SLACK_LIMITS } from './limits.ts'

/** With more options than fit, Slack asks for them while people type. */
export function selectElement(select: Select): StaticSelect | ExternalSelect {
  const { id, label, options, selected, hasMore } = select
  const initial = options.find(({ value }) => value === selected)
  const common = {
    action_id: id,
    placeholder: plain(label, SLACK_LIMITS.placeholderChars),
    // It must equal one of the options exactly, or Slack refuses the message.
    ...(initial && { initial_option: option(initial) }),
  }
  if (hasMore) return { type: 'external_select', ...common, min_query_length: 0 }
  return { type: 'static_select', ...common, ...optionsOrGroups(options) }
}

/** The answer to Slack’s question for options; also what a select itself has. No options: nothing was found. */
export function optionsOrGroups(
  all: Option[],
): { options: PlainTextOption[] } | { option_groups: OptionGroup[] } {
  const shown = all.slice(0, SLACK_LIMITS.options)
  const isGrouped = shown.length > 0 && shown.every(({ group }) => group !== undefined)
  if (!isGrouped) return { options: shown.map(option) }
  return {
    option_groups: [...Map.groupBy(shown, ({ group = '' }) => group)].map(([label, options]) => ({
      label: plain(label, SLACK_LIMITS.optionChars),
      options: options.map(option),
    })),
  }
}

interface OptionGroup {
  label: PlainTextOption['text']
  options: PlainTextOption[]
}

export function option({ value, label, description }: Option): PlainTextOption {
  return {
    text: plain(label, SLACK_LIMITS.optionChars),
    value,
    ...(description && { description: plain(description, SLACK_LIMITS.optionChars) }),
  }
}
