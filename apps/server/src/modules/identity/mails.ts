import type { Mail, MailCase } from '../../foundation/mail/index.ts'

interface Letter {
  readonly firstName: string
  readonly userId: string | undefined
  readonly kind: string
  readonly to: string
  readonly subject: string
  readonly paragraphs: readonly string[]
  readonly link?: { readonly label: string; readonly url: string; readonly code?: string }
  readonly ending?: string
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

function compose(letter: Letter): Mail {
  const { link, ending, paragraphs } = letter
  const linked = link ? [link.url, ...(link.code ? ['Or enter this code:', link.code] : [])] : []
  const text = [...paragraphs, ...linked, ...(ending ? [ending] : [])].join('\n\n')
  const html = [
    ...paragraphs.map((paragraph) => `<p>${escaped(paragraph)}</p>`),
    ...(link ? [`<p><a href="${escaped(link.url)}">${escaped(link.label)}</a></p>`] : []),
    ...(link?.code ? [`<p>Or enter this code: <code>${escaped(link.code)}</code></p>`] : []),
    ...(ending ? [`<p>${escaped(ending)}</p>`] : []),
  ].join('\n')
  const values = {
    first_name: letter.firstName,
    ...(link ? { link: link.url } : {}),
    ...(link?.code ? { code: link.code } : {}),
  }
  return {
    kind: letter.kind,
    to: letter.to,
    subject: letter.subject,
    text: `${text}\n`,
    html,
    values,
    userId: letter.userId,
  }
}

const withToken = (publicUrl: string, page: string, token: string): string =>
  `${publicUrl}/${page}?token=${encodeURIComponent(token)}`

const hello = (firstName: string): string => (firstName === '' ? 'Hello,' : `Hello ${firstName},`)

export const verifyEmailMail = (
  publicUrl: string,
  to: string,
  values: { userId?: string | undefined; firstName: string; token: string },
): Mail =>
  compose({
    kind: 'verify_email',
    to,
    firstName: values.firstName,
    userId: values.userId,
    subject: 'Confirm your e-mail address',
    paragraphs: [hello(values.firstName), 'Open this link within 24 hours to confirm your address and sign in.'],
    link: {
      label: 'Confirm my address',
      url: withToken(publicUrl, 'verify-email', values.token),
      code: values.token,
    },
    ending: 'You did not sign up? Then ignore this mail and nothing happens.',
  })

export const passwordResetMail = (
  publicUrl: string,
  to: string,
  values: { userId?: string | undefined; firstName: string; token: string },
): Mail =>
  compose({
    kind: 'password_reset',
    to,
    firstName: values.firstName,
    userId: values.userId,
    subject: 'Set a new password',
    paragraphs: [hello(values.firstName), 'Open this link within one hour to set a new password.'],
    link: {
      label: 'Set a new password',
      url: withToken(publicUrl, 'reset-password', values.token),
      code: values.token,
    },
    ending: 'You did not ask for this? Then ignore this mail; your password stays as it is.',
  })

export const passwordChangedMail = (
  publicUrl: string,
  to: string,
  values: { userId?: string | undefined; firstName: string },
): Mail =>
  compose({
    kind: 'password_changed',
    to,
    firstName: values.firstName,
    userId: values.userId,
    subject: 'Your password was changed',
    paragraphs: [hello(values.firstName), 'Your password was changed and your other sessions were signed out.'],
    link: { label: 'That was not me', url: `${publicUrl}/forgot-password` },
    ending: 'That was not you? Set a new password at once with the link above.',
  })

export const alreadyRegisteredMail = (
  publicUrl: string,
  to: string,
  values: { userId?: string | undefined; firstName: string },
): Mail =>
  compose({
    kind: 'already_registered',
    to,
    firstName: values.firstName,
    userId: values.userId,
    subject: 'You already have an account',
    paragraphs: [
      hello(values.firstName),
      'Somebody, probably you, tried to sign up with this address. It has an account already.',
    ],
    link: { label: 'Sign in', url: `${publicUrl}/login` },
    ending: 'You do not remember the password? Choose "Forgot password" on that page.',
  })

export const newDeviceMail = (
  publicUrl: string,
  to: string,
  values: { userId?: string | undefined; firstName: string; client: string; ip: string | null },
): Mail =>
  compose({
    kind: 'new_device',
    to,
    firstName: values.firstName,
    userId: values.userId,
    subject: 'A new device can use your account',
    paragraphs: [
      hello(values.firstName),
      `You let "${values.client}"${values.ip === null ? '' : ` (address ${values.ip})`} sign in to your account.`,
    ],
    link: { label: 'My devices', url: `${publicUrl}/settings/devices` },
    ending: 'That was not you? Sign the device out with the link above and change your password.',
  })

export const sessionReusedMail = (
  publicUrl: string,
  to: string,
  values: { userId?: string | undefined; firstName: string; ip: string | null },
): Mail =>
  compose({
    kind: 'session_reused',
    to,
    firstName: values.firstName,
    userId: values.userId,
    subject: 'A sign-in of yours was ended',
    paragraphs: [
      hello(values.firstName),
      `A key to one of your sessions was used a second time${values.ip === null ? '' : ` (from the address ${values.ip})`}. Somebody may have copied it, so the session was ended, for you as well.`,
    ],
    link: { label: 'My devices', url: `${publicUrl}/settings/devices` },
    ending: 'Sign in again, and change your password if you do not know how that could happen.',
  })

/** The mails about accounts, each as it looks. */
export function identityMails(publicUrl: string): MailCase[] {
  const to = 'ada@example.com'
  const [firstName, token] = ['Ada', 'sample-code']
  return [
    {
      case: 'verify_email',
      description: 'After signing up: confirms the address.',
      sample: verifyEmailMail(publicUrl, to, { firstName, token }),
    },
    {
      case: 'already_registered',
      description: 'Somebody signed up with an address that has an account.',
      sample: alreadyRegisteredMail(publicUrl, to, { firstName }),
    },
    {
      case: 'password_reset',
      description: 'Somebody forgot the password.',
      sample: passwordResetMail(publicUrl, to, { firstName, token }),
    },
    {
      case: 'password_changed',
      description: 'The password was changed or set anew.',
      sample: passwordChangedMail(publicUrl, to, { firstName }),
    },
    {
      case: 'new_device',
      description: 'A program was allowed to sign in.',
      sample: newDeviceMail(publicUrl, to, { firstName, client: 'Terminal', ip: '192.0.2.7' }),
    },
    {
      case: 'session_reused',
      description: 'The refresh token of a session was used again, and the session was ended.',
      sample: sessionReusedMail(publicUrl, to, { firstName, ip: '192.0.2.7' }),
    },
  ]
}
