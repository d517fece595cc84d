import { Alert } from '@imperal/ui-kit'
import type { ReactNode } from 'react'
import type { Failure } from './failure.ts'

/** What was refused, in the place where it was asked for; nothing without a failure. */
export function FailedAlert({ failure, action }: { readonly failure: Failure | null; readonly action?: ReactNode }) {
  if (failure === null) return null
  return (
    <Alert variant="error" action={action}>
      {failure.message}
    </Alert>
  )
}
