// One run of the shipped bundle, as Lambda begins it, that ends after RUN_MS.
const { handler } = require('../../assets/observer/index.js');

// The function keeps 38 s back of what is left to it (runtime/handlers/observer.ts).
const KEPT_BACK_MS = 38_000;
const end = Date.now() + Number(process.env.RUN_MS) + KEPT_BACK_MS;
const context = { awsRequestId: 'bench', functionName: 'bench', invokedFunctionArn: 'arn:aws:lambda:us-east-1:111122223333:function:bench', memoryLimitInMB: '256', getRemainingTimeInMillis: () => end - Date.now() };
handler({}, context).then(() => process.exit(0), (error) => { console.error(error); process.exit(1); });
