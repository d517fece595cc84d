import { ValidationError } from './errors.ts'

/** An argument of a call is wrong. Two dozen places say so, and every extension carries them. @throws ValidationError */
export function refuse(field: string, message: string): never {
  throw new ValidationError(field, message)
}
