import { AuthFrame } from '../components/auth-frame.tsx'

/** The way in. */
export function SignInPage() {
  return <AuthFrame title="Sign in" />
}
