import { AuthFrame } from './auth-frame.tsx'

/** Shown for an address that leads nowhere. */
export function NotFound() {
  return (
    <AuthFrame
      title="There is nothing at this address"
      lead="It may have been moved or misspelt."
      footer={
        <a className="im-link" href="/">
          Go to the assistant
        </a>
      }
    />
  )
}
