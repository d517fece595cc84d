import { expect } from 'vitest'

/** Some class of error; constructors differ in their arguments. */
type ErrorClass = abstract new (...args: never[]) => Error

/** What a promise is rejected with; an answer is the failure of the test. */
export const caught = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => {
      throw new Error(`it answered ${JSON.stringify(value)} instead of failing`)
    },
    (error: unknown) => error,
  )

export async function fails(promise: Promise<unknown>, as: ErrorClass, members: object = {}): Promise<void> {
  const error = await caught(promise)
  expect(error).toBeInstanceOf(as)
  expect(error).toMatchObject(members)
}
