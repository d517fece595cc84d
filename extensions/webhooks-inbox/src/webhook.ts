import { WebhookResponse } from '@imperal/sdk'
import { ext } from './extension.ts'
import { addressesOf, MOST_BODY, MOST_KEPT, messagesOf } from './inbox.ts'

/** Takes the same time wherever the first difference is. */
function sameText(a: string, b: string): boolean {
  let difference = a.length ^ b.length
  for (let index = 0; index < a.length; index++)
    difference |= a.charCodeAt(index) ^ b.charCodeAt(index % Math.max(1, b.length))
  return difference === 0
}

// Headers that say what came; credentials of the sender are not kept.
const KEPT = /^(?:content-type|user-agent|x-[a-z0-9-]{1,60}|webhook-[a-z-]{1,40})$/
const SECRET = /auth|token|secret|signature|cookie|key/
const unknown = () => WebhookResponse.error('This address is not valid.', 401)

ext.webhook('/in', { method: 'POST' }, async (ctx, request) => {
  const { for: owner = '', to = '', key = '', ...query } = request.queryParams
  if (!/^imp_u_[A-Za-z0-9_-]{6,24}$/.test(owner) || to === '' || key === '') return unknown()
  const user = ctx.forUser(owner)
  const address = await addressesOf(user.store).find(to)
  if (!address || !sameText(key, address.data.key)) return unknown()
  const headers = Object.fromEntries(
    Object.entries(request.headers)
      .map(([name, value]) => [name.toLowerCase(), value.slice(0, 500)] as const)
      .filter(([name]) => KEPT.test(name) && !SECRET.test(name)),
  )
  const message = await messagesOf(user.store).create({
    address_id: to,
    method: request.method,
    content_type: request.header('content-type') ?? '',
    query,
    headers,
    body: request.body.slice(0, MOST_BODY),
    truncated: request.body.length > MOST_BODY,
    length: request.body.length,
  })
  const surplus = (await messagesOf(user.store).count({ address_id: to })) - MOST_KEPT
  if (surplus > 0) {
    const oldest = await messagesOf(user.store).query({
      where: { address_id: to },
      orderBy: 'created_at',
      limit: Math.min(100, surplus),
    })
    for (const one of oldest.data) await messagesOf(user.store).delete(one.id)
  }
  if (address.data.notify) await user.notify.send(`“${address.data.name}” received a message.`)
  await user.extensions.emit('webhooks-inbox.received', {
    message_id: message.id,
    address_id: to,
    name: address.data.name,
  })
  return { ok: true, message_id: message.id }
})
