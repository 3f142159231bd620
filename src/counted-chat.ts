import type { Chat, Sent } from './bots/chat.ts'

/** Tells of every call to the chat what it came to. */
export function countedChat(chat: Chat, counted: (call: keyof Chat, result: Sent['kind']) => void): Chat {
  const branch = chat.branch?.bind(chat)
  return {
    post: (place, prompt, once) => told('post', chat.post(place, prompt, once)),
    edit: (message, prompt) => told('edit', chat.edit(message, prompt)),
    tell: (place, person, prompt) => told('tell', chat.tell(place, person, prompt)),
    upload: (place, file, line, once) => told('upload', chat.upload(place, file, line, once)),
    // Whether it is there says something of the platform.
    ...(branch && {
      branch: (message, prompt, name) => told('branch', branch(message, prompt, name)),
    }),
  }

  async function told<T>(call: keyof Chat, sending: Promise<Sent<T>>): Promise<Sent<T>> {
    const sent = await sending
    counted(call, sent.kind)
    return sent
  }
}
