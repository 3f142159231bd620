import { json } from './answers.ts'
import type { SandboxApp } from './app.ts'

export function infoRoute({ name, description, mode }: SandboxApp): Response {
  return json({ name, description, tags: ['sandbox'], mode, author_name: 'Rowbot sandbox' })
}

export function parametersRoute({ form }: SandboxApp): Response {
  return json({
    opening_statement: '',
    suggested_questions: [],
    suggested_questions_after_answer: { enabled: false },
    speech_to_text: { enabled: false },
    text_to_speech: { enabled: false, voice: '', language: '', autoPlay: 'disabled' },
    retriever_resource: { enabled: true },
    annotation_reply: { enabled: false },
    more_like_this: { enabled: false },
    sensitive_word_avoidance: { enabled: false },
    user_input_form: form,
    file_upload: {
      image: {
        enabled: false,
        number_limits: 3,
        detail: 'high',
        transfer_methods: ['remote_url', 'local_file'],
      },
    },
    system_parameters: {
      file_size_limit: 15,
      image_file_size_limit: 10,
      audio_file_size_limit: 50,
      video_file_size_limit: 100,
      workflow_file_upload_limit: 10,
    },
  })
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
