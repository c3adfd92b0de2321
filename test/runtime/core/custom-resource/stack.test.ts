import { Explained } from '../../../../runtime/core/calls/explained';
import { stackPlace } from '../../../../runtime/core/custom-resource/stack';

test.each([
  ['arn:aws:cloudformation:us-east-1:111122223333:stack/Media/0a1b', { partition: 'aws', region: 'us-east-1', account: '111122223333', name: 'Media' }],
  ['arn:aws-us-gov:cloudformation:us-gov-west-1:111122223333:stack/M-2/x', { partition: 'aws-us-gov', region: 'us-gov-west-1', account: '111122223333', name: 'M-2' }],
  ['arn:aws:cloudformation:us-east-1:111122223333:stack/M/x', { partition: 'aws', region: 'us-east-1', account: '111122223333', name: 'M' }],
])('the place of %s is read', (arn, place) => {
  expect(stackPlace(arn)).toEqual(place);
});

test.each(['', 'Media', 'xarn:aws:cloudformation:us-east-1:111122223333:stack/Media/0a1b', 'arn:aws:cloudformation:us-east-1:111122223333:stack/Media', 'arn:aws:cloudformation:us-east-1:1:stack/Media/x', 'arn:aws:cloudformation:us-east-1:111122223333:stack/-Media/x', 'arn:aws:cloudformation:us-east-1:111122223333:changeSet/Media/x'])("fails when a stack's id is '%s'", (arn) => {
  expect(() => stackPlace(arn)).toThrow(new Explained(`'StackId' must be the ARN of a CloudFormation stack, got '${arn}'`));
});
