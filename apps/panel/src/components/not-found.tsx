import { EmptyState } from '@imperal/ui-kit'

/** Shown for an address that leads nowhere. */
export function NotFound() {
  return (
    <main className="page">
      <EmptyState icon="FileX" message="There is nothing at this address">
        <a className="im-link" href="/">
          Go to the assistant
        </a>
      </EmptyState>
    </main>
  )
}
