class FirstPart;
