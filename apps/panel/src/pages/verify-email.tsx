import { AuthFrame } from '../components/auth-frame.tsx'

/** Where the link of the verification mail leads. */
export function VerifyEmailPage() {
  return <AuthFrame title="Confirm your address" />
}
