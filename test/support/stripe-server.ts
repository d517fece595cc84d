import { createHmac, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a card does when it is charged. */
export type CardBehaviour = 'pays' | 'declines' | 'asks'

interface Customer {
  readonly id: string
  readonly object: 'customer'
  email: string | null
  name: string | null
  address: Record<string, string> | null
  metadata: Record<string, string>
  invoice_settings: { default_payment_method: string | null }
}

interface Intent {
  readonly id: string
  readonly object: 'payment_intent'
  readonly client_secret: string
  readonly amount: number
  readonly currency: string
  readonly customer: string
  readonly description: string
  readonly metadata: Record<string, string>
  readonly setup_future_usage: string | null
  status: string
  payment_method: string | null
  last_payment_error: { code: string; message: string } | null
  latest_charge: { id: string; receipt_url: string } | null
  next_action: { type: 'redirect_to_url'; redirect_to_url: { url: string; return_url: string } } | null
}

interface Card {
  readonly id: string
  readonly customer: string
  behaviour: CardBehaviour
  readonly last4: string
}

interface Answer {
  readonly status: number
  readonly body: object
}

/** `a[b][c]=1` as Stripe's library sends it. */
export function parseForm(text: string): Record<string, unknown> {
  const root: Record<string, unknown> = {}
  for (const [key, value] of new URLSearchParams(text)) {
    const path = key.split(/\[|\]\[|\]/).filter((part) => part !== '')
    let place = root
    for (const part of path.slice(0, -1)) {
      place[part] ??= {}
      place = place[part] as Record<string, unknown>
    }
    place[path.at(-1) ?? ''] = value
  }
  return root
}

const id = (prefix: string): string => `${prefix}_${randomBytes(12).toString('hex')}`
const ok = (body: object): Answer => ({ status: 200, body })
const missing = (what: string): Answer => ({
  status: 404,
  body: { error: { type: 'invalid_request_error', code: 'resource_missing', message: `No such ${what}` } },
})

export interface StripeServer {
  readonly url: string
  readonly secretKey: string
  readonly webhookSecret: string
  /** Requests so far, as `POST /v1/customers`. */
  readonly requests: {
    readonly line: string
    readonly body: Record<string, unknown>
    readonly idempotencyKey: string | null
  }[]
  readonly customers: ReadonlyMap<string, Customer>
  readonly intents: ReadonlyMap<string, Intent>
  /** Stores a card for a customer, as the form in the browser does after a setup. The first one is what is charged. */
  addCard(customerId: string, behaviour?: CardBehaviour): string
  behave(cardId: string, behaviour: CardBehaviour): void
  /** Finishes a payment as the person does in the browser. */
  finish(intentId: string, ending: 'succeeded' | 'canceled' | 'refused'): Intent
  /** A signed message about something, as Stripe posts it. */
  message(
    type: string,
    object: object,
    options?: { id?: string; secret?: string; at?: number },
  ): { payload: string; signature: string }
  /** Forgets the keys that name charges, as Stripe does after a day. */
  forgetKeys(): void
  /** Breaks every request from now on with a status; `after` closes the connection when a charge has been made. */
  fail(how: number | 'after' | null): void
  close(): Promise<void>
}

class Books {
  /** Where the pages of the bank and of the provider are. */
  address = ''
  readonly customers = new Map<string, Customer>()
  readonly intents = new Map<string, Intent>()
  readonly cards = new Map<string, Card>()
  readonly #answers = new Map<string, Answer>()

  once(key: string | null, work: () => Answer): Answer {
    const known = key === null ? undefined : this.#answers.get(key)
    if (known !== undefined) return known
    const answer = work()
    if (key !== null) this.#answers.set(key, answer)
    return answer
  }

  forgetKeys(): void {
    this.#answers.clear()
  }

  createCustomer(body: Record<string, unknown>): Answer {
    const customer: Customer = {
      id: id('cus'),
      object: 'customer',
      email: null,
      name: null,
      address: null,
      metadata: {},
      invoice_settings: { default_payment_method: null },
    }
    this.customers.set(customer.id, customer)
    return this.updateCustomer(customer, body)
  }

  updateCustomer(customer: Customer, body: Record<string, unknown>): Answer {
    Object.assign(customer, body)
    return ok(customer)
  }

  /** With the cards, as Stripe does. */
  removeCustomer({ id: own }: Customer): Answer {
    this.customers.delete(own)
    for (const card of this.cards.values()) if (card.customer === own) this.cards.delete(card.id)
    return ok({ id: own, object: 'customer', deleted: true })
  }

  createIntent(body: Record<string, unknown>): Answer {
    const own = id('pi')
    const intent: Intent = {
      id: own,
      object: 'payment_intent',
      client_secret: `${own}_secret_x`,
      amount: Number(body.amount),
      currency: String(body.currency),
      customer: String(body.customer),
      description: String(body.description),
      metadata: (body.metadata ?? {}) as Record<string, string>,
      setup_future_usage: (body.setup_future_usage as string | undefined) ?? null,
      status: 'requires_payment_method',
      payment_method: (body.payment_method as string | undefined) ?? null,
      last_payment_error: null,
      latest_charge: null,
      next_action: null,
    }
    this.intents.set(own, intent)
    return body.confirm === 'true' ? this.confirm(intent, body) : ok(intent)
  }

  confirm(intent: Intent, body: Record<string, unknown>): Answer {
    const offSession = body.off_session === 'true'
    const card = this.cards.get(intent.payment_method ?? '')
    if (card === undefined || card.customer !== intent.customer) return missing('PaymentMethod')
    if (card.behaviour === 'pays') return ok(this.succeed(intent))
    if (card.behaviour === 'asks' && !offSession) {
      intent.status = 'requires_action'
      // Without an address to come back to, only the provider's own script can go on.
      if (typeof body.return_url === 'string') {
        const page = { url: `${this.address}/bank/${intent.id}`, return_url: body.return_url }
        intent.next_action = { type: 'redirect_to_url', redirect_to_url: page }
      }
      return ok(intent)
    }
    const code = card.behaviour === 'asks' ? 'authentication_required' : 'card_declined'
    const message = card.behaviour === 'asks' ? 'This card needs its owner.' : 'Your card was declined.'
    intent.status = 'requires_payment_method'
    intent.last_payment_error = { code, message }
    return { status: 402, body: { error: { type: 'card_error', code, message, payment_intent: intent } } }
  }

  addCard(customer: string, behaviour: CardBehaviour): Card {
    const card = { id: id('pm'), customer, behaviour, last4: String(4242 + this.cards.size).slice(-4) }
    this.cards.set(card.id, card)
    return card
  }

  /** The person said no to their bank, or let its page run out. */
  refuse(intent: Intent): Intent {
    intent.status = 'requires_payment_method'
    intent.next_action = null
    intent.last_payment_error = {
      code: 'payment_intent_authentication_failure',
      message: 'Your bank could not confirm that it was you.',
    }
    return intent
  }

  succeed(intent: Intent): Intent {
    intent.status = 'succeeded'
    intent.last_payment_error = null
    intent.next_action = null
    intent.latest_charge = { id: id('ch'), receipt_url: `https://pay.example/receipts/${intent.id}` }
    return intent
  }
}

function route(books: Books, method: string, url: URL, body: Record<string, unknown>): Answer {
  const [, , kind = '', own = '', action = ''] = url.pathname.split('/')
  const customer = books.customers.get(own)
  const intent = books.intents.get(own)
  const line = `${method} ${kind}`
  if (line === 'POST customers' && own === '') return books.createCustomer(body)
  if (kind === 'customers') {
    if (customer === undefined) return missing('customer')
    if (method === 'DELETE') return books.removeCustomer(customer)
    return method === 'POST' ? books.updateCustomer(customer, body) : ok(customer)
  }
  if (line === 'POST payment_intents' && own === '') return books.createIntent(body)
  if (line === 'GET payment_intents' && own === '') {
    const data = [...books.intents.values()].filter((one) => one.customer === url.searchParams.get('customer'))
    return ok({ object: 'list', data, has_more: false })
  }
  if (line === 'POST payment_intents' && action === 'cancel') {
    if (intent === undefined) return missing('payment_intent')
    if (intent.status === 'succeeded')
      return {
        status: 400,
        body: { error: { type: 'invalid_request_error', code: 'payment_intent_unexpected_state' } },
      }
    intent.status = 'canceled'
    return ok(intent)
  }
  if (line === 'GET payment_intents') return intent === undefined ? missing('payment_intent') : ok(intent)
  if (line === 'GET payment_methods') {
    const cards = [...books.cards.values()].filter((card) => card.customer === url.searchParams.get('customer'))
    const data = cards.map((card) => ({
      id: card.id,
      object: 'payment_method',
      type: 'card',
      card: { brand: 'visa', last4: card.last4, exp_month: 12, exp_year: 2030 },
    }))
    return ok({ object: 'list', data, has_more: false })
  }
  if (line === 'POST payment_methods' && action === 'detach')
    return books.cards.delete(own)
      ? ok({ id: own, object: 'payment_method', customer: null })
      : missing('PaymentMethod')
  if (line === 'POST setup_intents')
    return ok({ id: id('seti'), object: 'setup_intent', client_secret: 'seti_secret_x' })
  if (line === 'POST billing_portal')
    return ok({
      id: id('bps'),
      url: `${books.address}/portal/${String(body.customer)}?back=${encodeURIComponent(String(body.return_url))}`,
    })
  if (line === 'GET account')
    return ok({ id: 'acct_test', object: 'account', charges_enabled: true, payouts_enabled: false })
  if (line === 'GET balance')
    return ok({ object: 'balance', available: [{ amount: 4200, currency: 'usd' }], pending: [] })
  return missing(`route ${line}`)
}

const link = (href: string, text: string) => `<p><a href="${href.replaceAll('&', '&amp;')}">${text}</a></p>`

/** Pages that people see in the browser: their bank, which asks, and the provider's own, which stores a card. */
function pageFor(books: Books, url: URL): { to: string } | { html: string } | null {
  const [, kind, own = '', answer = ''] = url.pathname.split('/')
  const intent = books.intents.get(own)
  if (kind === 'bank' && intent !== undefined) {
    const back = intent.next_action?.redirect_to_url.return_url
    if (back === undefined) return { html: 'This page is over.' }
    if (answer === '')
      return { html: link(`${url.pathname}/yes`, 'Confirm the payment') + link(`${url.pathname}/no`, 'Refuse it') }
    if (answer === 'yes') books.succeed(intent)
    else books.refuse(intent)
    return { to: back }
  }
  if (kind !== 'portal' || !books.customers.has(own)) return null
  const back = url.searchParams.get('back') ?? ''
  if (answer === '') return { html: link(`${url.pathname}/card${url.search}`, 'Add a card that asks') }
  books.addCard(own, 'asks')
  return { to: back }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

const refused = (status: number): Answer => ({
  status,
  body: { error: { type: status === 401 ? 'invalid_request_error' : 'api_error', message: 'refused' } },
})

/** A local server that speaks Stripe's protocol as far as the platform uses it. */
export async function startStripeServer(): Promise<StripeServer> {
  const secretKey = `sk_test_${randomBytes(8).toString('hex')}`
  const webhookSecret = `whsec_${randomBytes(8).toString('hex')}`
  const books = new Books()
  const requests: StripeServer['requests'][number][] = []
  let broken: number | 'after' | null = null

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://stripe')
    const page = pageFor(books, url)
    if (page !== null) {
      const head = 'to' in page ? { location: page.to } : { 'content-type': 'text/html; charset=utf-8' }
      response.writeHead('to' in page ? 303 : 200, head)
      response.end(
        'to' in page ? '' : `<!doctype html><title>Payment</title><link rel="icon" href="data:,">${page.html}`,
      )
      return
    }
    const text = await textOf(request).catch(() => null)
    if (text === null) return // whoever asked is gone
    const body = parseForm(text)
    const key = request.headers['idempotency-key']
    const idempotencyKey = typeof key === 'string' ? key : null
    requests.push({ line: `${request.method} ${url.pathname}`, body, idempotencyKey })
    const isKnown = request.headers.authorization === `Bearer ${secretKey}`
    const answer =
      typeof broken === 'number'
        ? refused(broken)
        : isKnown
          ? books.once(idempotencyKey, () => route(books, request.method ?? '', url, body))
          : refused(401)
    if (broken === 'after' && request.method === 'POST' && url.pathname === '/v1/payment_intents')
      return response.destroy()
    response.writeHead(answer.status, { 'content-type': 'application/json', 'request-id': id('req') })
    response.end(JSON.stringify(answer.body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  books.address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    url: books.address,
    secretKey,
    webhookSecret,
    requests,
    customers: books.customers,
    intents: books.intents,
    addCard: (customerId, behaviour = 'pays') => books.addCard(customerId, behaviour).id,
    behave(cardId, behaviour) {
      const card = books.cards.get(cardId)
      if (card !== undefined) card.behaviour = behaviour
    },
    finish(intentId, ending) {
      const intent = books.intents.get(intentId)
      if (intent === undefined) throw new Error(`there is no intent ${intentId}`)
      if (ending === 'succeeded') return books.succeed(intent)
      if (ending === 'refused') return books.refuse(intent)
      intent.status = 'canceled'
      return intent
    },
    message(type, object, options = {}) {
      const payload = JSON.stringify({
        id: options.id ?? id('evt'),
        object: 'event',
        type,
        data: { object },
      })
      const at = options.at ?? Math.floor(Date.now() / 1000)
      const mac = createHmac('sha256', options.secret ?? webhookSecret)
        .update(`${at}.${payload}`)
        .digest('hex')
      return { payload, signature: `t=${at},v1=${mac}` }
    },
    forgetKeys: () => books.forgetKeys(),
    fail(how) {
      broken = how
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
