import { useTree } from '../host/context.ts'
import { HtmlFrame } from '../parts/html-frame.tsx'
import type { ViewProps } from '../tree/view.ts'

export function HtmlView({ props }: ViewProps<'Html'>) {
  const { host } = useTree()
  return (
    <HtmlFrame
      content={props.content}
      sandbox={props.sandbox}
      maxHeight={props.max_height}
      theme={props.theme}
      rules={host}
      remoteImages={host.remoteImages}
    />
  )
}
