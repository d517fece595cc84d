// @vitest-environment happy-dom
import { ApiError } from '@imperal/client'
import type { Action } from '@imperal/contract'
import { act, createElement } from 'react'
import { createRoot } from 'react-dom/client'
import { expect, test, vi } from 'vitest'
import { filterOf, resultOf, stateOf } from './activity/queries.ts'
import { reachOf, staysInside } from './marketplace/words.ts'
import { safePath } from './parts/address.ts'
import { emailProblem } from './parts/email.ts'
import { failureOf } from './parts/failure.ts'
import { counted, duration, shortCount } from './parts/figures.ts'
import { shortMoment } from './parts/moment.tsx'
import { type Form, type FormOptions, useForm } from './parts/use-form.ts'

vi.hoisted(() => Object.defineProperty(navigator, 'languages', { value: ['en-GB', 'en'] }))
Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })

test('[A3.1] signing in leads back to a page of the panel, never to another site', () => {
  expect(safePath('/device?code=WDBK-7Q3M')).toBe('/device?code=WDBK-7Q3M')
  for (const wanted of [null, '', 'https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)']) {
    expect(safePath(wanted)).toBe('/')
  }
})

test('[A1.10] a refused body tells each field its sentence, everything else one for the form', () => {
  const refused = new ApiError({
    status: 422,
    code: 'validation_error',
    message: 'email: bad',
    detail: [
      { loc: ['body', 'email'], msg: 'is not an address', type: 'x' },
      { loc: ['body', 'llm', 'model'], msg: 'Too long.', type: 'x' },
    ],
  })
  expect(failureOf(refused).fields).toEqual({ email: 'Is not an address.', model: 'Too long.' })
  const plain = failureOf(new ApiError({ status: 409, code: 'conflict', message: 'There are 20 keys already.' }))
  expect(plain).toEqual({ message: 'There are 20 keys already.', code: 'conflict', status: 409, fields: {} })
})

test('addresses that cannot be right are told before anything is sent', () => {
  expect(emailProblem(' ada@example.com ')).toBeUndefined()
  expect(emailProblem('')).toBe('Enter your e-mail address.')
  expect(emailProblem('ada@example')).toBe('This is not an e-mail address.')
})

test('times say as little as tells them apart', () => {
  const now = new Date(2026, 5, 12, 15, 0)
  expect(shortMoment(new Date(2026, 5, 12, 9, 5), now)).toBe('09:05')
  expect(shortMoment(new Date(2026, 5, 10, 9, 5), now)).toBe('Wed 09:05')
  expect(shortMoment(new Date(2026, 1, 3), now)).toBe('3 Feb')
  expect(shortMoment(new Date(2024, 1, 3), now)).toBe('3 Feb 2024')
})

test('numbers have their units and their plural', () => {
  expect([counted(1, 'call'), counted(1200, 'call'), shortCount(12_400)]).toEqual(['1 call', '1,200 calls', '12.4k'])
  expect([duration(142.4), duration(2_430)]).toEqual(['142 ms', '2.4 s'])
})

test('[A3.18] the address of the activity page is its filter, and nonsense in it is the first page', () => {
  const filter = filterOf(new URLSearchParams('app=notes&kind=write&status=denied&q=milk&origin=chat&page=3'))
  expect(filter).toEqual({ app: 'notes', kind: 'write', status: 'denied', origin: 'chat', search: 'milk', page: 3 })
  for (const page of ['0', '-1', '1.5', 'x']) expect(filterOf(new URLSearchParams({ page })).page).toBe(1)
})

test('[A3.18] a row says what came of the call, an unknown status as it is', () => {
  const row = { message_preview: null, result_preview: 'Notes has no function nope.', error: 'X', status: 'failed' }
  expect(resultOf(row as Action)).toBe('Notes has no function nope.')
  expect(resultOf({ ...row, message_preview: 'nope milk' } as Action)).toBe('Notes has no function nope.')
  expect(resultOf({ ...row, result_preview: '{"a":1}', error: null, status: 'success' } as Action)).toBe('done')
  expect(stateOf('paused').words).toBe('paused')
})

test('[A1.5] scopes are told in words, and reaching beyond the app is never called its own', () => {
  expect(reachOf('notes:destructive', 'notes').detail).toContain('asks you first')
  expect(reachOf('weird:thing', 'notes').title).toBe('weird:thing')
  expect(['notes:read', 'store.write', 'ai:complete'].every((scope) => staysInside(scope, 'notes'))).toBe(true)
  expect(['*', 'tasks:read', 'extensions', 'mail:send'].some((scope) => staysInside(scope, 'notes'))).toBe(false)
})

type Values = { readonly email: string; readonly scopes: string }

interface HostProps {
  readonly options: Omit<FormOptions<Values>, 'initial'>
  readonly onDrawn: (form: Form<Values>) => void
}

function Host({ options, onDrawn }: HostProps) {
  onDrawn(useForm({ initial: { email: '', scopes: '' }, ...options }))
  return null
}

/** A form that is drawn, to be filled and sent. */
async function formOf(options: HostProps['options']) {
  const seen: Form<Values>[] = []
  const onDrawn = (form: Form<Values>) => void seen.push(form)
  const root = createRoot(document.createElement('div'))
  await act(async () => root.render(createElement(Host, { options, onDrawn })))
  const now = () => seen.at(-1) as Form<Values> // it was drawn
  const submit = () => act(async () => now().form.onSubmit(new Event('submit') as never))
  return { now, submit }
}

test('[A1.10] a form does not send what it knows to be wrong, and puts refusals beside the field that they are about', async () => {
  let sent = 0
  const form = await formOf({
    check: ({ email }) => ({ email: emailProblem(email) }),
    blame: ({ status }) => (status === 400 ? 'scopes' : null),
    send: async () => {
      sent += 1
      throw new ApiError({ status: sent === 1 ? 400 : 503, code: 'x', message: 'No such scope' })
    },
  })
  await form.submit()
  expect([sent, form.now().errors.email]).toEqual([0, 'Enter your e-mail address.'])
  await act(async () => form.now().set('email', 'ada@example.com'))
  expect(form.now().errors.email).toBeUndefined()
  await form.submit()
  expect([form.now().errors.scopes, form.now().failure]).toEqual(['No such scope.', null])
  await form.submit()
  expect([form.now().errors.scopes, form.now().failure?.status, form.now().pending]).toEqual([undefined, 503, false])
})
