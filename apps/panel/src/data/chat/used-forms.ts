import { type ChatMessage, chat as contract } from '@imperal/contract'
import { api } from '../api.ts'
import { failureOf } from '../failures.ts'
import { toasts } from '../toasts.ts'
import { chat } from './state.ts'

/** One form of one answer. */
export interface ChatForm {
  readonly messageId: string
  readonly appId: string
  /** Name of the function. */
  readonly name: string
}

const nameOf = (form: ChatForm): string => `${form.appId}.${form.name}`

/** True when the form was sent on whatever device, as far as this window has heard of it. */
export function wasUsed(form: ChatForm): boolean {
  const entry = chat.get().entries.find(({ message }) => message.message_id === form.messageId)
  return entry?.message.used_forms.includes(nameOf(form)) ?? false
}

const mark = (messageId: string, used_forms: ChatMessage['used_forms']) =>
  chat.set((state) => ({
    ...state,
    entries: state.entries.map((entry) =>
      entry.message.message_id === messageId ? { ...entry, message: { ...entry.message, used_forms } } : entry,
    ),
  }))

/** Notes at the server that a form was sent, for every device of the person. What it did is done whether or not that works. */
export function rememberUsed(form: ChatForm): void {
  api
    .send(contract.useForm, {
      params: { message_id: form.messageId },
      body: { app_id: form.appId, function: form.name },
    })
    .then((answer) => mark(form.messageId, answer.used_forms))
    .catch((error: unknown) => toasts.show({ message: failureOf(error).message, variant: 'error' }))
}
