import { act, type ReactElement } from 'react'
import { createRoot } from 'react-dom/client'

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })

export interface Mounted {
  readonly element: HTMLElement
  render(next: ReactElement): Promise<void>
  unmount(): Promise<void>
}

/** Draws into the document of the test and waits until React is quiet. */
export async function mount(first: ReactElement): Promise<Mounted> {
  const element = document.createElement('div')
  document.body.append(element)
  const root = createRoot(element)
  const mounted: Mounted = {
    element,
    render: (next) => act(async () => root.render(next)),
    async unmount() {
      await act(async () => root.unmount())
      element.remove()
    },
  }
  await mounted.render(first)
  return mounted
}

/** The one element in the document that has this role and name. */
export function byRole(role: string, name: string | RegExp, within: ParentNode = document): HTMLElement {
  const fits = (element: HTMLElement) =>
    typeof name === 'string' ? nameOf(element) === name : name.test(nameOf(element))
  const found = [...within.querySelectorAll<HTMLElement>(SELECTORS[role] ?? `[role=${role}]`)].filter(fits)
  if (found.length !== 1)
    throw new Error(
      `${found.length} elements are a ${role} named ${String(name)}: ${document.body.innerHTML.slice(0, 2_000)}`,
    )
  return found[0] as HTMLElement // one by the line above
}

const SELECTORS: Readonly<Record<string, string>> = {
  button: 'button:not([role]), [role=button]',
  textbox: 'input:not([type]), input[type=text], input[type=password], input[type=email], textarea',
  checkbox: '[role=checkbox]',
  tab: '[role=tab]',
}

function nameOf(element: HTMLElement): string {
  const own = element.getAttribute('aria-label')
  if (own !== null) return own
  const label = element.id === '' ? null : document.querySelector(`label[for="${CSS.escape(element.id)}"]`)
  return (label ?? element).textContent?.replace(' *', '').trim() ?? ''
}

export async function click(element: HTMLElement, options: MouseEventInit = {}): Promise<void> {
  await act(async () => {
    element.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, cancelable: true, ...options }))
    element.dispatchEvent(new MouseEvent('mousedown', { bubbles: true, cancelable: true, ...options }))
    element.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, ...options }))
  })
}

export async function press(element: HTMLElement, key: string, options: KeyboardEventInit = {}): Promise<void> {
  await act(
    async () =>
      void element.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...options })),
  )
}

/** Writes into a field as a person does: React hears of it. */
export async function type(element: HTMLElement, value: string): Promise<void> {
  const prototype =
    element instanceof HTMLTextAreaElement
      ? HTMLTextAreaElement.prototype
      : element instanceof HTMLSelectElement
        ? HTMLSelectElement.prototype
        : HTMLInputElement.prototype
  await act(async () => {
    element.focus()
    Object.getOwnPropertyDescriptor(prototype, 'value')?.set?.call(element, value)
    element.dispatchEvent(new Event(element instanceof HTMLSelectElement ? 'change' : 'input', { bubbles: true }))
  })
}

/** Waits until something is true; fails with the last error after two seconds. */
export async function until(check: () => void): Promise<void> {
  const end = Date.now() + 20_000
  for (;;) {
    try {
      return check()
    } catch (error) {
      if (Date.now() > end) throw error
      await act(() => new Promise((resolve) => setTimeout(resolve, 5)))
    }
  }
}
