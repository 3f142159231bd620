import { json } from './answers.ts'
import { hasRuns, type InputField, type SandboxApp } from './app.ts'

export function infoRoute({ name, description, mode }: SandboxApp): Response {
  return json({ name, description, tags: ['sandbox'], mode, author_name: 'Rowbot sandbox' })
}

export function parametersRoute(app: SandboxApp): Response {
  const isBuiltOfNodes = hasRuns(app.mode)
  return json({
    opening_statement: '',
    suggested_questions: [],
    suggested_questions_after_answer: { enabled: false },
    speech_to_text: { enabled: false },
    text_to_speech: { enabled: false, ...(isBuiltOfNodes && { language: '', voice: '' }) },
    retriever_resource: { enabled: true },
    annotation_reply: { enabled: false },
    more_like_this: { enabled: false },
    user_input_form: isBuiltOfNodes ? app.form : promptForm(app),
    sensitive_word_avoidance: { enabled: false },
    file_upload: fileUpload(app),
    system_parameters: {
      image_file_size_limit: 10,
      video_file_size_limit: 100,
      audio_file_size_limit: 50,
      file_size_limit: 15,
      workflow_file_upload_limit: 10,
    },
  })
}

const METHODS = ['local_file', 'remote_url'] as const
const IMAGES = { enabled: false, number_limits: 3, transfer_methods: METHODS } as const
const FILES_OF_NODES = {
  enabled: false,
  number_limits: 3,
  allowed_file_types: ['image', 'document'],
  allowed_file_extensions: [],
  allowed_file_upload_methods: METHODS,
  image: IMAGES,
} as const

function fileUpload({ mode, attachments }: SandboxApp) {
  if (attachments) return { ...FILES_OF_NODES, enabled: true, ...attachments }
  return hasRuns(mode) ? FILES_OF_NODES : { image: { ...IMAGES, detail: 'high' } }
}

/** For apps without nodes, the type of an input is only in its key. */
function promptForm({ form }: SandboxApp) {
  return form.map((item) =>
    Object.fromEntries(Object.entries(item).map(([key, field]) => [key, promptField(field)])),
  )
}

function promptField({ variable, label, required, max_length, options = [], ...field }: InputField) {
  return {
    label,
    variable,
    required,
    default: field.default ?? '',
    ...(max_length !== undefined && { max_length }),
    ...(options.length > 0 && { options }),
  }
}

export function siteRoute({ name, description }: SandboxApp): Response {
  return json({
    title: name,
    chat_color_theme: null,
    chat_color_theme_inverted: false,
    icon_type: 'emoji',
    icon: '🏖️',
    icon_background: '#FFEAD5',
    icon_url: null,
    description,
    copyright: null,
    privacy_policy: null,
    input_placeholder: null,
    custom_disclaimer: 'This is Rowbot’s sandbox, not Dify.',
    default_language: 'en-US',
    show_workflow_steps: true,
    use_icon_as_answer_icon: false,
  })
}
