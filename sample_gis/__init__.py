"""Two invented communes, drawn and delivered the way surveyors deliver; everything in them is made up."""
