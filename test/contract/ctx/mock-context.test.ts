import { describeCtxClients } from './ctx-clients.ts'
import { openMockBench } from './mock-bench.ts'

describeCtxClients('the test kit', openMockBench)
