// @vitest-environment happy-dom
// @vitest-environment-options {"url": "http://panel.test/"}
import type { ChatMessage } from '@imperal/contract'
import { beforeEach, expect, test, vi } from 'vitest'

interface Request {
  readonly method: string
  readonly path: string
  readonly body: Record<string, unknown>
}
const requests: Request[] = []
let respond: (request: Request) => Response | Promise<Response> = () => Response.json({})
vi.stubGlobal('fetch', (url: string, init: RequestInit = {}) => {
  const request = {
    method: init.method ?? 'GET',
    path: url.split('?')[0] ?? '',
    body: typeof init.body === 'string' ? JSON.parse(init.body) : {},
  }
  requests.push(request)
  return Promise.resolve(respond(request))
})

const { dropUnsent, loadChat, rateAnswer, resend, sendMessage, stopAnswer } = await import('./chat.ts')
const { deleteConversation, startConversation } = await import('./change-conversation.ts')
const { onChatDelta, onChatMessage, onChatStatus } = await import('./chat-events.ts')
const { chat, emptyChat, runningAnswer } = await import('./state.ts')
const { lastConversation } = await import('./remembered.ts')
const { addChatLine } = await import('./lines.ts')

const message = (id: string, more: Partial<ChatMessage> = {}): ChatMessage => ({
  message_id: id,
  conversation_id: 'default',
  role: 'assistant',
  text: 'Hello',
  type: 'response',
  status: 'done',
  status_text: null,
  surface: 'panel',
  app_id: null,
  ui: null,
  pick_list: [],
  confirmation_id: null,
  task_id: null,
  actions: [],
  attachments: [],
  awaits_reply: false,
  used_forms: [],
  rating: null,
  created_at: '2026-01-01T00:00:00Z',
  ...more,
})
const ids = () => chat.get().entries.map((entry) => entry.message.message_id)
const accepted = {
  message_id: 'msg_1',
  reply_id: 'msg_2',
  conversation_id: 'default',
  status: 'accepted',
  task_id: null,
}

beforeEach(() => {
  requests.length = 0
  chat.set({ ...emptyChat('default'), phase: 'ready' })
  respond = () => Response.json(accepted, { status: 202 })
})

test('[UI5.10] a message stands there at once and gets its answer’s place when the server has it', async () => {
  const sending = sendMessage('  hello ')
  expect(chat.get().entries.map((entry) => [entry.message.text, entry.sending])).toEqual([['hello', 'pending']])
  await sending
  expect(ids()).toEqual(['msg_1', 'msg_2'])
  expect(runningAnswer(chat.get())?.message_id).toBe('msg_2')
})

test('[UI5.10] what is said while a conversation begins is said in it, and in the old one when it cannot begin', async () => {
  const said = () => requests.filter(({ path }) => path === '/v1/chat/messages').map(({ body }) => body.conversation_id)
  const { promise, resolve } = Promise.withResolvers<Response>()
  respond = ({ path }) => (path === '/v1/chat/conversations' ? promise : Response.json(accepted, { status: 202 }))
  const [beginning, sending] = [startConversation(), sendMessage('hello')]
  await sendMessage('an older one, worded anew', { replaces: 'msg_0' })
  resolve(Response.json({ conversation_id: 'conv_new' }))
  await Promise.all([beginning, sending])
  expect(said()).toEqual(['default', 'conv_new'])
  expect(chat.get().entries.map((entry) => entry.message.text)).toContain('hello')
  respond = ({ path }) =>
    path === '/v1/chat/conversations'
      ? Response.json({ error: 'unavailable', message: 'Later.', detail: null, status: 503 }, { status: 503 })
      : Response.json(accepted, { status: 202 })
  const failing = startConversation()
  const after = sendMessage('again')
  await expect(failing).rejects.toThrow('Later.')
  await after
  expect(said()).toEqual(['default', 'conv_new', 'conv_new'])
})

test('[UI5.10] an answer that is there before the message is accepted keeps its place and its text', async () => {
  respond = () => {
    onChatMessage(message('msg_2', { text: 'Fast' }))
    return Response.json(accepted, { status: 202 })
  }
  await sendMessage('hello')
  expect(ids()).toEqual(['msg_1', 'msg_2'])
  expect(chat.get().entries[1]?.message.text).toBe('Fast')
})

test('[UI5.10] words arrive, then the finished answer takes their place', async () => {
  await sendMessage('hello')
  onChatStatus({ conversation_id: 'default', message_id: 'msg_2', status_text: 'Thinking' })
  expect(chat.get().entries[1]?.message.status_text).toBe('Thinking')
  for (const delta of ['One ', 'two']) onChatDelta({ conversation_id: 'default', message_id: 'msg_2', delta })
  onChatDelta({ conversation_id: 'another', message_id: 'msg_9', delta: 'x' })
  expect(chat.get().streams).toEqual({ msg_2: 'One two' })
  onChatMessage(message('msg_2', { text: 'One two three' }))
  expect(chat.get().streams).toEqual({})
  expect(chat.get().entries[1]?.message.text).toBe('One two three')
})

test('[K1.2] a failed sending stays, and repeating it sends the same key', async () => {
  respond = () => Response.json({ error: 'unavailable', message: 'Later.', detail: null, status: 503 }, { status: 503 })
  await sendMessage('hello')
  const [entry] = chat.get().entries
  expect(entry?.sending).toBe('failed')
  expect(entry?.failure?.message).toBe('Later.')
  respond = () => Response.json(accepted, { status: 202 })
  await resend(entry?.clientId ?? '')
  const keys = requests.filter((one) => one.path === '/v1/chat/messages').map((one) => one.body.client_msg_id)
  expect(keys).toHaveLength(2)
  expect(new Set(keys).size).toBe(1)
  expect(ids()).toEqual(['msg_1', 'msg_2'])
})

test('[UI5.10] lines of clicks stay behind the message that they followed, also when its id becomes known', async () => {
  let answer = (_response: Response) => undefined as unknown
  respond = () =>
    new Promise<Response>((resolve) => {
      answer = resolve
    })
  const sending = sendMessage('hello')
  addChatLine({
    appId: 'notes',
    function: 'f',
    params: {},
    summary: 'Done',
    status: 'success',
    durationMs: 1,
    ui: null,
  })
  await vi.waitFor(() => expect(requests).toHaveLength(1))
  answer(Response.json(accepted, { status: 202 }))
  await sending
  expect(chat.get().lines[0]?.after).toBe('msg_1')
})

test('[UI5.10] stop cancels the answer that is being made', async () => {
  await sendMessage('hello')
  await stopAnswer()
  expect(requests.at(-1)).toMatchObject({ method: 'POST', path: '/v1/chat/messages/msg_2/cancel' })
})

test('[UI5.4] reading the conversation again keeps what was not sent and marks what is old', async () => {
  respond = () => Response.json({ error: 'x', message: 'No.', detail: null, status: 503 }, { status: 503 })
  await sendMessage('unsent')
  respond = () => Response.json({ messages: [message('msg_0')], cursor: 'msg_0', has_more: true })
  await loadChat()
  expect(chat.get().entries.map((entry) => entry.message.text)).toEqual(['Hello', 'unsent'])
  expect(chat.get().entries[0]?.live).toBe(false)
  expect(chat.get().cursor).toBe('msg_0')
})

test('[UI5.10] a reload opens the conversation that was used last, of the person who used it', async () => {
  expect(lastConversation('usr_1')).toBe('default')
  respond = () =>
    Response.json({ conversation_id: 'cnv_2', title: '', updated_at: '', message_count: 0 }, { status: 201 })
  await startConversation()
  expect([lastConversation('usr_2'), lastConversation('usr_1')]).toEqual(['default', 'cnv_2'])
  respond = () => Response.json({ messages: [], cursor: null, has_more: false })
  await loadChat('cnv_3')
  sessionStorage.clear()
  expect(lastConversation('usr_1')).toBe('cnv_3')
  respond = () => Response.json({ deleted: true, messages: [], cursor: null, has_more: false })
  await deleteConversation('cnv_3')
  expect(lastConversation('usr_1')).toBe('default')
})

test('[UI5.10] another wording takes the old one and what follows away at once; dropped unsent, the server’s words come back', async () => {
  const old = ['msg_1', 'msg_2', 'msg_3'].map((id, at) => message(id, { role: at === 1 ? 'assistant' : 'user' }))
  respond = () => Response.json({ messages: old, cursor: null, has_more: false })
  await loadChat()
  respond = () => Response.json({ error: 'x', message: 'No.', detail: null, status: 503 }, { status: 503 })
  await sendMessage('better', { replaces: 'msg_1' })
  expect(chat.get().entries.map((entry) => [entry.message.text, entry.sending])).toEqual([['better', 'failed']])
  const [entry] = chat.get().entries
  respond = () => Response.json(accepted, { status: 202 })
  await resend(entry?.clientId ?? '')
  expect(requests.filter((one) => one.path === '/v1/chat/messages' && one.method === 'POST')).toHaveLength(2)
  expect(requests.findLast((one) => one.method === 'POST')?.body).toMatchObject({ text: 'better', replaces: 'msg_1' })

  chat.set({ ...emptyChat('default'), phase: 'ready' })
  respond = () => Response.json({ error: 'x', message: 'No.', detail: null, status: 503 }, { status: 503 })
  await sendMessage('unwanted', { replaces: 'msg_1' })
  respond = () => Response.json({ messages: old, cursor: null, has_more: false })
  await dropUnsent(chat.get().entries[0]?.clientId ?? '')
  expect(ids()).toEqual(['msg_1', 'msg_2', 'msg_3'])
})

test('[UI5.10] a judgement is shown when the server has it, and the same again takes it back', async () => {
  chat.set({ ...emptyChat('default'), phase: 'ready' })
  onChatMessage(message('msg_2'))
  const shown = () => chat.get().entries[0]?.message as ChatMessage
  respond = ({ body }) => Response.json({ message_id: 'msg_2', rating: body.rating })
  await rateAnswer(shown(), 'up')
  expect(shown().rating).toBe('up')
  await rateAnswer(shown(), 'up')
  expect(shown().rating).toBeNull()
  expect(requests.filter((one) => one.method === 'PUT').map((one) => one.body.rating)).toEqual(['up', null])
})
