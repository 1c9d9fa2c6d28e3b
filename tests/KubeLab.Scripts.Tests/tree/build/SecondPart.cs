class SecondPart;
