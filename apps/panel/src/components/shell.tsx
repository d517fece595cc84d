import { Outlet } from '@tanstack/react-router'

/** The frame around everything that a signed-in person sees. */
export function Shell() {
  return (
    <main className="shell">
      <Outlet />
    </main>
  )
}
