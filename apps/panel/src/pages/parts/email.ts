import { t } from '../../i18n/index.ts'

const ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@]+$/

/** A sentence about a mistyped address; undefined when it may be one. Only the server knows more. */
export function emailProblem(email: string): string | undefined {
  if (email.trim() === '') return t('Enter your e-mail address.')
  return ADDRESS.test(email.trim()) ? undefined : t('This is not an e-mail address.')
}
