import { describeCtxClients } from './ctx-clients.ts'
import { openKernelBench } from './kernel-bench.ts'

describeCtxClients('the platform', openKernelBench)
