import { AuthFrame } from '../components/auth-frame.tsx'

/** A new account. */
export function SignUpPage() {
  return <AuthFrame title="Create an account" />
}
